import { categories, type Category } from '@recourse/contracts';
import { IsCode, IsFlag, Optional, Text } from '@recourse/edge';

const stages = ['opened', 'assessed', 'answered', 'closed'] as const;

/** What is looked for: at least one of the first five, and all that are given must fit. It is kept nowhere. */
export class SearchDto {
  /** A telephone number of the complainant, however written. */
  @Optional()
  @Text(50)
  telephone?: string;

  /** An e-mail address of the complainant. */
  @Optional()
  @Text(254)
  email?: string;

  /** The complainant's whole name. */
  @Optional()
  @Text(200)
  name?: string;

  /** The wallet account of the case, or the account its refund was to go to. */
  @Optional()
  @Text(64)
  account?: string;

  /** Words of the narrative, of notes and of what was said in contacts; of Chinese at least two characters. */
  @Optional()
  @Text(200)
  words?: string;

  /** Of this category. */
  @Optional()
  @IsCode(categories)
  category?: Category;

  /** In this stage. */
  @Optional()
  @IsCode(stages)
  stage?: (typeof stages)[number];

  /** Opens what is sealed of the cases that are likely, and leaves out those that do not fit. Needs `?purpose=`; the opening is recorded. */
  @Optional()
  @IsFlag()
  verify?: boolean;
}
