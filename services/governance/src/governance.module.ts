import { Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { House } from '@recourse/edge';

/** Which platforms there are, what each of them has decided for itself, and what becomes of personal data. It notarises nothing. */
@Module({
  imports: [CqrsModule.forRoot(), House.of({ service: 'governance', histories: {}, refusals: [] })],
})
export class GovernanceModule {}
