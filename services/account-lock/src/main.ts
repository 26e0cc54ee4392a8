import { startService } from '@recourse/edge';
import { AccountLockModule } from './account-lock.module.js';

await startService(AccountLockModule, { service: 'account-lock', title: 'Locks, limits, one-time codes and the way back' });
