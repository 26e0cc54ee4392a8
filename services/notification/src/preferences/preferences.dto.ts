import { IsCode, IsPlatformId, Nested, Optional, ShowQuery } from '@recourse/edge';

const wishes = ['on', 'off'] as const;
type Wish = (typeof wishes)[number];

/** What is left out is on. */
export class ChoicesDto {
  /** Locks, unlocks, limits, codes. Cannot be turned off. */
  @Optional()
  @IsCode(wishes)
  security?: Wish;

  /** Receipts of complaints and contacts. */
  @Optional()
  @IsCode(wishes)
  receipts?: Wish;

  /** Every step of a complaint. */
  @Optional()
  @IsCode(wishes)
  progress?: Wish;

  /** What to beware of. */
  @Optional()
  @IsCode(wishes)
  guidance?: Wish;
}

/** Everything a customer wants: it takes the place of what he wanted before. */
export class SetPreferencesDto {
  /** The platform's own id of its customer, when the platform sets it for him; a customer leaves it out. */
  @Optional()
  @IsPlatformId()
  subject?: string;

  /** What he wants to hear of. */
  @Nested(() => ChoicesDto)
  choices: ChoicesDto;

  /** In which language he wants to be written to. */
  @Optional()
  @IsCode(['en', 'zh-CN'])
  language?: 'en' | 'zh-CN';
}

/** Whose preferences. */
export class PreferencesQuery extends ShowQuery {
  /** The platform's own id of its customer; a customer leaves it out. */
  @Optional()
  @IsPlatformId()
  subject?: string;
}
