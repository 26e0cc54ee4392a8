import { Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { policiesHistory, tenantHistory } from '@recourse/contracts';
import { House } from '@recourse/edge';
import { announcePolicies } from './policy/announcing.js';
import { ForPoliciesHandler } from './policy/policies.handler.js';
import { PoliciesHttp } from './policy/policies.http.js';
import { policyRefusals } from './policy/refusals.js';
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
      histories: { tenant: tenantHistory, policies: policiesHistory, ...forgetting.histories },
      announce: { tenant: announceTenant, policies: announcePolicies, ...forgetting.announce },
      hears: forgetting.hears,
      views: forgetting.views,
      migrations: forgetting.migrations,
      refusals: [tenantRefusals, policyRefusals, ...forgetting.refusals],
    }),
  ],
  controllers: [TenantHttp, PoliciesHttp, ...forgetting.controllers],
  providers: [ForTenantHandler, ForPoliciesHandler, SeedingTenants, ...forgetting.providers],
})
export class GovernanceModule {}
