import { Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { accountContactHistory, accountProtectionHistory, signpostHistory, stepUpHistory } from '@recourse/contracts';
import { House } from '@recourse/edge';
import { ForContactHandler } from './account-contact/account-contact.handler.js';
import { AccountContactHttp } from './account-contact/account-contact.http.js';
import { announce as announceContact } from './account-contact/announcing.js';
import { contactRefusals } from './account-contact/refusals.js';
import { AccountLockViews1763900000000 } from './account-lock.migration.js';
import { ForAccountHandler } from './account-protection/account-protection.handler.js';
import { AccountProtectionHttp } from './account-protection/account-protection.http.js';
import { protectionHearing } from './account-protection/account-protection.inbox.js';
import { announce as announceProtection } from './account-protection/announcing.js';
import { PermissionsHttp } from './account-protection/permissions.http.js';
import { protectionsView } from './account-protection/protections.view.js';
import { protectionRefusals } from './account-protection/refusals.js';
import { UnlockingHttp } from './account-protection/unlocking.http.js';
import { Belonging } from './belonging.http.js';
import { dueView } from './due.view.js';
import { endings } from './ending.worker.js';
import { announce as announceStepUp } from './step-up/announcing.js';
import { Coding } from './step-up/coding.chance.js';
import { stepUpRefusals } from './step-up/refusals.js';
import { ForStepUpHandler } from './step-up/step-up.handler.js';
import { StepUpHttp } from './step-up/step-up.http.js';
import { codesHearing } from './step-up/step-up.inbox.js';

/** Keeps accounts from harm: locks, limits, one-time codes, and the owner's way back. */
@Module({
  imports: [
    CqrsModule.forRoot(),
    House.of({
      service: 'account-lock',
      histories: {
        account: accountProtectionHistory,
        contact: accountContactHistory,
        'step-up': stepUpHistory,
        signpost: signpostHistory,
      },
      announce: { account: announceProtection, contact: announceContact, 'step-up': announceStepUp },
      hears: [protectionHearing, codesHearing],
      views: [protectionsView, dueView],
      migrations: [AccountLockViews1763900000000],
      refusals: [protectionRefusals, contactRefusals, stepUpRefusals],
      due: endings,
    }),
  ],
  controllers: [AccountProtectionHttp, PermissionsHttp, UnlockingHttp, AccountContactHttp, StepUpHttp],
  providers: [ForAccountHandler, ForContactHandler, ForStepUpHandler, Belonging, Coding],
})
export class AccountLockModule {}
