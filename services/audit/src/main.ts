import 'reflect-metadata';
import { startService } from '@recourse/edge';
import { AuditModule } from './audit.module.js';
import { subjectExportDays } from './audit.variables.js';

await startService(AuditModule, {
  service: 'audit',
  title: 'What happened, across all services, as of any instant: for auditors.',
  variables: [subjectExportDays],
});
