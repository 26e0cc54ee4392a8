import { Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { tenantHistory } from '@recourse/contracts';
import { House } from '@recourse/edge';
import { announceTenant } from './tenant/announcing.js';
import { tenantRefusals } from './tenant/refusals.js';
import { SeedingTenants } from './tenant/seeding.worker.js';
import { ForTenantHandler } from './tenant/tenant.handler.js';
import { TenantHttp } from './tenant/tenant.http.js';

/** Which platforms there are, what each of them has decided for itself, and what becomes of personal data. It notarises nothing. */
@Module({
  imports: [
    CqrsModule.forRoot(),
    House.of({
      service: 'governance',
      histories: { tenant: tenantHistory },
      announce: { tenant: announceTenant },
      refusals: [tenantRefusals],
    }),
  ],
  controllers: [TenantHttp],
  providers: [ForTenantHandler, SeedingTenants],
})
export class GovernanceModule {}
