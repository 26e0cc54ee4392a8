import { Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { channelDirectoryHistory, complaintHistory, evidenceHistory } from '@recourse/contracts';
import { dueOf, House } from '@recourse/edge';
import { ChannelDirectoryHttp } from './channel-directory/channel-directory.http.js';
import { ForChannelsHandler } from './channel-directory/channel-directory.handler.js';
import { channelRefusals } from './channel-directory/refusals.js';
import { SeedingChannels } from './channel-directory/seeding.worker.js';
import { announceComplaint } from './complaint/announcing.js';
import { ForComplaintHandler } from './complaint/complaint.handler.js';
import { ComplaintDesk } from './complaint/complaint.desk.js';
import { ComplaintHttp } from './complaint/complaint.http.js';
import { TellingHttp } from './complaint/telling.http.js';
import { Drafts1763800000000 } from './complaint/drafts.migration.js';
import { draftsView } from './complaint/drafts.view.js';
import { receivingIdleDrafts } from './complaint/drafts.worker.js';
import { complaintRefusals } from './complaint/refusals.js';
import { EvidenceDesk } from './evidence/evidence.desk.js';
import { ForEvidenceHandler } from './evidence/evidence.handler.js';
import { EvidenceHttp } from './evidence/evidence.http.js';
import { evidenceFiles, EvidenceOfKeys1764000000000 } from './evidence/forgetting.pg.js';
import { EvidenceGiven1795600000000 } from './evidence/given-today.migration.js';
import { GivenToday, givenView } from './evidence/given-today.view.js';
import { evidenceRefusals } from './evidence/refusals.js';
import { Scanning1795600000001, ScanningWorker } from './evidence/scanning.worker.js';
import { SweepingWorker } from './evidence/sweeping.worker.js';
import { evidenceVault, vaultOf } from './evidence/vault.module.js';

/** Where complaints, their evidence and the channels they come through are kept. */
@Module({
  imports: [
    CqrsModule.forRoot(),
    House.of({
      service: 'intake',
      histories: { complaint: complaintHistory, evidence: evidenceHistory, channels: channelDirectoryHistory },
      announce: { complaint: announceComplaint },
      views: [draftsView, givenView],
      migrations: [Drafts1763800000000, EvidenceOfKeys1764000000000, EvidenceGiven1795600000000, Scanning1795600000001],
      keeps: (configuration) => [evidenceFiles(() => vaultOf(configuration))],
      refusals: [complaintRefusals, evidenceRefusals, channelRefusals],
      due: [dueOf(receivingIdleDrafts)],
    }),
  ],
  controllers: [ComplaintHttp, TellingHttp, EvidenceHttp, ChannelDirectoryHttp],
  providers: [
    ComplaintDesk,
    EvidenceDesk,
    GivenToday,
    ForComplaintHandler,
    ForEvidenceHandler,
    ForChannelsHandler,
    SeedingChannels,
    ScanningWorker,
    SweepingWorker,
    evidenceVault,
  ],
})
export class IntakeModule {}
