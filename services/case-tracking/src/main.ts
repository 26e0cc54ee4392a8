import { startService } from '@recourse/edge';
import { CaseTrackingModule } from './case-tracking.module.js';

await startService(CaseTrackingModule, { service: 'case-tracking', title: 'Recourse: cases, progress, receipts, payments' });
