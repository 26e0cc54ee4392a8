import 'reflect-metadata';
import { startService } from '@recourse/edge';
import { AuditModule } from './audit.module.js';

await startService(AuditModule, { service: 'audit', title: 'What happened, across all services, as of any instant: for auditors.' });
