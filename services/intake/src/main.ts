import { taxonomy } from '@recourse/contracts';
import { startService } from '@recourse/edge';
import { scanVariables } from './evidence/scanning.worker.js';
import { evidenceVariables } from './evidence/vault.module.js';
import { IntakeModule } from './intake.module.js';

await startService(IntakeModule, {
  service: 'intake',
  title: 'Where complaints, their evidence and the channels they come through are kept.',
  variables: [...evidenceVariables, ...scanVariables],
  uploads: { fileSize: taxonomy.evidence.perFile.bytes },
});
