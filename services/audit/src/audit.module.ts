import { Module } from '@nestjs/common';
import { originHistory } from '@recourse/contracts';
import { House } from '@recourse/edge';
import { AccessHttp } from './access/access.http.js';
import { OpeningsHttp } from './access/openings.http.js';
import { Openings1763500000001 } from './access/openings.migration.js';
import { StandingOutMetrics } from './access/standing-out.metrics.js';
import { AuditTables1763400000000 } from './audit.migration.js';
import { MatterHttp } from './matter/matter.http.js';
import { heardBytes, HeardKeys1764000000000 } from './origin/forgetting.pg.js';
import { LogsHttp } from './origin/logs.http.js';
import { NotarisingWorker } from './origin/notarising.worker.js';
import { refusals } from './refusals.js';
import { SubjectExportHttp } from './subject-export/subject-export.http.js';
import { HeardSubjects1764100000000 } from './subject-export/subjects.migration.js';

/** Hears everything, changes nothing, and shows an auditor what happened. */
@Module({
  imports: [
    House.of({
      service: 'audit',
      histories: { origin: originHistory },
      migrations: [AuditTables1763400000000, Openings1763500000001, HeardKeys1764000000000, HeardSubjects1764100000000],
      keeps: () => [heardBytes],
      refusals,
    }),
  ],
  controllers: [MatterHttp, LogsHttp, AccessHttp, OpeningsHttp, SubjectExportHttp],
  providers: [NotarisingWorker, StandingOutMetrics],
})
export class AuditModule {}
