import { startService } from '@recourse/edge';
import { GovernanceModule } from './governance.module.js';
import { keyringBackupDays } from './governance.variables.js';

await startService(GovernanceModule, {
  service: 'governance',
  title: 'Platforms, what they have decided for themselves, and what becomes of personal data',
  variables: [keyringBackupDays],
});
