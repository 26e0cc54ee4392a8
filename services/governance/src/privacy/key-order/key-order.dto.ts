import { codes, type Code } from '@recourse/contracts';
import { IsCode, IsHash, IsPlatformId, IsUuidV7, ListQuery, Optional, Shaped, TextList } from '@recourse/edge';

/** What is to become of which keys. */
export class KeyOrderDto {
  /** Storage only, active again, or gone for ever. */
  @IsCode(codes['key-order-kind'])
  kind: Code<'key-order-kind'>;

  /** Why. */
  @IsCode(codes['key-order-why'])
  why: Code<'key-order-why'>;

  /** All keys of this subject; with `matter` those of the subject in that matter. */
  @Optional()
  @IsPlatformId()
  subject?: string;

  /** All keys of this matter. */
  @Optional()
  @IsUuidV7()
  matter?: string;

  /** These keys alone, by id. */
  @Optional()
  @TextList(36, { most: 20 })
  keys?: string[];

  /** What it belongs to: the id of a subject's request, the number of an authority's file. */
  @Optional()
  @Shaped(/^[A-Za-z0-9][A-Za-z0-9./_-]{0,63}$/, 'because-malformed')
  because?: string;
}

/** The next person's yes. */
export class KeyOrderApprovalDto {
  /** The list of keys that was looked at, as the order shows it. */
  @IsHash()
  list: string;
}

/** The next person's no. */
export class KeyOrderDenialDto {
  /** Why not. */
  @IsCode(codes['key-order-denied-why'])
  why: Code<'key-order-denied-why'>;
}

const stages = ['asked', 'seconded', 'approved', 'denied', 'withdrawn', 'blocked', 'done', 'acknowledged'] as const;

/** Which orders are listed. */
export class KeyOrdersQuery extends ListQuery {
  /** Only those that stand so. */
  @Optional()
  @IsCode(stages)
  stage?: (typeof stages)[number];

  /** Only those that belong to this. */
  @Optional()
  @Shaped(/^[A-Za-z0-9][A-Za-z0-9./_-]{0,63}$/, 'because-malformed')
  because?: string;
}
