import { categories, channelKinds, codes, type Category, type ChannelKind, type Code, type Language } from '@recourse/contracts';
import { IsCode, IsFlag, IsInstant, IsPlatformId, ListQuery, Nested, Optional } from '@recourse/edge';
import { ComplainantDto, DetailsDto, NarrativeDto, RepresentativeDto } from './telling.dto.js';

export class DraftDto {
  /** Where the customer is talking to us. */
  @IsCode(channelKinds)
  channel: ChannelKind;

  /** The customer's language; the platform's default when left out. */
  @Optional()
  @IsCode(['en', 'zh-CN'])
  language?: Language;

  /** The platform's id of the wallet account it is about. */
  @Optional()
  @IsPlatformId()
  account?: string;

  /** The platform's id of the customer who complains. A customer's own token says it already. */
  @Optional()
  @IsPlatformId()
  subject?: string;

  @Optional()
  @Nested(() => NarrativeDto)
  narrative?: NarrativeDto;

  @Optional()
  @IsCode(categories)
  category?: Category;

  @Optional()
  @Nested(() => DetailsDto)
  details?: DetailsDto;

  /** Where the details come from; the complainant (or, from a platform, its records) when left out. */
  @Optional()
  @IsCode(codes['detail-source'])
  source?: Code<'detail-source'>;

  @Optional()
  @Nested(() => ComplainantDto)
  complainant?: ComplainantDto;

  @Optional()
  @Nested(() => RepresentativeDto)
  representative?: RepresentativeDto;

  /** Receive it at once. Left out: at once when it was told to staff (telephone, letter, e-mail …) and a narrative is there. */
  @Optional()
  @IsFlag()
  submit?: boolean;

  /** With a submission: how you know who reports. */
  @Optional()
  @IsCode(codes['reporter-verified'])
  reporterVerified?: Code<'reporter-verified'>;

  /** With a submission by the desk: when it arrived, if not now (a letter's stamp). */
  @Optional()
  @IsInstant()
  receivedAt?: string;
}

export class HandOffDto {
  /** The channel on which the conversation goes on. */
  @IsCode(channelKinds)
  to: ChannelKind;

  @IsCode(codes['hand-off-why'])
  why: Code<'hand-off-why'>;
}

export class SubmissionDto {
  /** How you know who reports. A customer's own token says it already. */
  @Optional()
  @IsCode(codes['reporter-verified'])
  reporterVerified?: Code<'reporter-verified'>;

  /** When it arrived, if not now (a letter's stamp). For the desk alone. */
  @Optional()
  @IsInstant()
  receivedAt?: string;
}

export class DisposalDto {
  @IsCode(codes['discard-why'])
  why: Code<'discard-why'>;
}

export class DraftsQuery extends ListQuery {
  /** Drafts of this customer of the platform. */
  @Optional()
  @IsPlatformId()
  subject?: string;
}
