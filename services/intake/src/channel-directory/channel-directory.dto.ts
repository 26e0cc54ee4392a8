import { channelKinds, codes, type ChannelKind, type Code, type Language } from '@recourse/contracts';
import { IsCode, IsCodeList, IsInstant, IsPlatformId, NestedList, Optional, Shaped, Text } from '@recourse/edge';

const days = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
const clock = /^([01]\d|2[0-3]):[0-5]\d$/;

export class OpenDto {
  @IsCodeList(days, { least: 1, most: 7 })
  days: (typeof days)[number][];

  /** `HH:MM`, by the platform's clock. */
  @Shaped(clock, 'malformed')
  from: string;

  @Shaped(clock, 'malformed')
  to: string;
}

export class ChannelDto {
  /** The platform's own name for it. */
  @IsPlatformId()
  channel: string;

  @IsCode(channelKinds)
  kind: ChannelKind;

  /** Telephone number, URL, handle or postal address: the platform's own, and public. */
  @Text(300)
  address: string;

  @IsCodeList(['en', 'zh-CN'], { least: 1 })
  languages: Language[];

  /** Always open when left out. */
  @Optional()
  @NestedList(() => OpenDto, { most: 14 })
  hours?: OpenDto[];

  /** From when on it may be used; now when left out. */
  @Optional()
  @IsInstant()
  validFrom?: string;

  @Optional()
  @IsInstant()
  validTo?: string;
}

/** What changes; a new address has to be verified again. */
export class ChannelChangeDto {
  @Optional()
  @Text(300)
  address?: string;

  @Optional()
  @IsCodeList(['en', 'zh-CN'], { least: 1 })
  languages?: Language[];

  @Optional()
  @NestedList(() => OpenDto, { most: 14 })
  hours?: OpenDto[];

  @Optional()
  @IsInstant()
  validFrom?: string;

  @Optional()
  @IsInstant()
  validTo?: string;
}

/** Nothing is said beyond the act itself. */
export class VerificationDto {}

export class RetirementDto {
  @IsCode(codes['channel-retired-why'])
  why: Code<'channel-retired-why'>;
}

export class ChannelsQuery {
  /** The tenant of a platform; all of them when left out. */
  @Optional()
  @Text(64)
  platform?: string;

  /** Is this telephone number, page or address a platform's own? However it is written. */
  @Optional()
  @Text(300)
  address?: string;
}
