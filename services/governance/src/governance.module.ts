import { Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { policiesHistory, subjectRequestHistory, tenantHistory } from '@recourse/contracts';
import { House } from '@recourse/edge';
import { announcePolicies } from './policy/announcing.js';
import { ForPoliciesHandler } from './policy/policies.handler.js';
import { PoliciesHttp } from './policy/policies.http.js';
import { policyRefusals } from './policy/refusals.js';
import { forgetting } from './privacy/forgetting.module.js';
import { subjectRequestRefusals } from './subject-request/refusals.js';
import { SubjectRequestHttp } from './subject-request/subject-request.http.js';
import { missedAnswers, SubjectRequests1763900200000, subjectRequestsView } from './subject-request/subject-requests.view.js';
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
      histories: { tenant: tenantHistory, policies: policiesHistory, ...forgetting.histories, 'subject-request': subjectRequestHistory },
      announce: { tenant: announceTenant, policies: announcePolicies, ...forgetting.announce },
      hears: forgetting.hears,
      views: [...forgetting.views, subjectRequestsView],
      migrations: [...forgetting.migrations, SubjectRequests1763900200000],
      due: [missedAnswers],
      refusals: [tenantRefusals, policyRefusals, ...forgetting.refusals, subjectRequestRefusals],
    }),
  ],
  controllers: [TenantHttp, PoliciesHttp, SubjectRequestHttp, ...forgetting.controllers],
  providers: [ForTenantHandler, ForPoliciesHandler, SeedingTenants, ...forgetting.providers],
})
export class GovernanceModule {}
