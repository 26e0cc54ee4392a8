import { Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { House } from '@recourse/edge';
import { complaintCases } from './complaint-case/complaint-case.room.js';
import { disputedPayments } from './disputed-payment/disputed-payment.room.js';
import { searchTokens } from './search/search-index.pg.js';
import { search } from './search/search.room.js';
import type { Room } from './case-tracking.room.js';

const rooms: readonly Room[] = [complaintCases, disputedPayments, search];

const all = <Name extends keyof Room['house']>(name: Name) => rooms.map(({ house }) => house[name]);

/** Follows every complaint from its receipt to its end, and guards the money it is about. */
@Module({
  imports: [
    CqrsModule.forRoot(),
    House.of({
      service: 'case-tracking',
      histories: Object.assign({}, ...all('histories')) as Room['house']['histories'],
      announce: Object.assign({}, ...all('announce')) as Room['house']['announce'],
      hears: all('hears').flat(),
      views: all('views').flat(),
      migrations: all('migrations').flat(),
      refusals: all('refusals'),
      due: all('due').flat(),
      keeps: () => [searchTokens],
    }),
  ],
  controllers: rooms.flatMap(({ controllers }) => controllers),
  providers: rooms.flatMap(({ providers }) => providers),
})
export class CaseTrackingModule {}
