import { Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { tenantHistory } from '@recourse/contracts';
import { House } from '@recourse/edge';
import { forgetting } from './privacy/forgetting.module.js';
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
      histories: { tenant: tenantHistory, ...forgetting.histories },
      announce: { tenant: announceTenant, ...forgetting.announce },
      views: forgetting.views,
      migrations: forgetting.migrations,
      refusals: [tenantRefusals, ...forgetting.refusals],
    }),
  ],
  controllers: [TenantHttp, ...forgetting.controllers],
  providers: [ForTenantHandler, SeedingTenants, ...forgetting.providers],
})
export class GovernanceModule {}
