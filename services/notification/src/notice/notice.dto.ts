import { IsCode, IsInstant, IsPlatformId, IsUuidV7, ListQuery, Optional, Shaped } from '@recourse/edge';
import { ValidateIf } from 'class-validator';

const states = ['planned', 'sending', 'handed-over', 'sent', 'delivered', 'bounced', 'given-up'] as const;
const reports = ['sent', 'delivered', 'bounced', 'failed'] as const;
const whys = ['mailbox-full', 'address-unknown', 'refused', 'other'] as const;

/** Which notices. */
export class NoticesQuery extends ListQuery {
  /** Of this case. */
  @Optional()
  @IsUuidV7()
  case?: string;

  /** About this wallet account. */
  @Optional()
  @IsPlatformId()
  account?: string;

  /** Carrying this letter. */
  @Optional()
  @IsUuidV7()
  letter?: string;

  /** In this state. */
  @Optional()
  @IsCode(states)
  state?: (typeof states)[number];
}

const isReport =
  (state: (typeof reports)[number]) =>
  ({ state: said = 'sent' }: ReportDeliveryDto): boolean =>
    said === state;

/** What became of a notice. Each state has its own time, by the reporter's clock; telling it late costs nothing. */
export class ReportDeliveryDto {
  /** What happened; `sent` when left out. */
  @Optional()
  @IsCode(reports)
  state?: (typeof reports)[number];

  /** When it left. Needed for `sent`. */
  @ValidateIf(isReport('sent'))
  @IsInstant()
  sentAt?: string;

  /** When it arrived. Needed for `delivered`. */
  @ValidateIf(isReport('delivered'))
  @IsInstant()
  deliveredAt?: string;

  /** When it came back. Needed for `bounced`. */
  @ValidateIf(isReport('bounced'))
  @IsInstant()
  bouncedAt?: string;

  /** When you gave up. Needed for `failed`. */
  @ValidateIf(isReport('failed'))
  @IsInstant()
  failedAt?: string;

  /** Why it came back or could not be delivered. */
  @Optional()
  @IsCode(whys)
  why?: (typeof whys)[number];

  /** Your own id of the sending: opaque, nothing personal. */
  @Optional()
  @Shaped(/^[A-Za-z0-9._~-]{1,64}$/, 'platform-id-malformed')
  @IsPlatformId()
  providerId?: string;
}

/** When it happened, by whichever member says so. */
export const whenOf = ({ state = 'sent', ...times }: ReportDeliveryDto): string => times[`${state}At`]!;
