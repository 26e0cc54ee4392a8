export {
  Configuration,
  choiceVariable,
  houseVariables,
  listVariable,
  numberVariable,
  textVariable,
  urlVariable,
  type Variable,
} from './configuring.js';
export { Desk } from './desk.js';
export { Answers, Commands, Downloads, Lists, Sends, Shows } from './documenting.js';
export {
  instantOf,
  IsCode,
  IsCodeList,
  IsCount,
  IsCurrency,
  IsDay,
  IsFlag,
  IsHash,
  IsInstant,
  IsMinorUnits,
  IsPlatformId,
  IsQueryCount,
  IsUuidV7,
  Nested,
  NestedList,
  Optional,
  Shaped,
  Text,
  TextList,
} from './fields.js';
export { Views, type Histories, type History, type View } from '@recourse/event-store';
export type { Reaction, Transport } from '@recourse/relay';
export type { Keeping } from './forgetting/forgetting.js';
export { House, houseOf } from './house.module.js';
export {
  dueOf,
  EVENT_STORE,
  HOUSE,
  PRIVACY,
  TRANSPORT,
  VIEWS,
  type Due,
  type DueTools,
  type Hearing,
  type HouseOptions,
  type PlatformSettingsOf,
  type Told,
  type Tools,
} from './house.options.js';
export { pageOf, whereOf } from './listing.js';
export type { Listing } from './listing.pg.js';
export { LOG, type Log } from './logging.js';
export { Metrics } from './measuring.js';
export { AmountDto, IsAmount, IsMoney, MoneyDto } from './money.dto.js';
export { CountParam, PlatformIdParam, ReferenceParam, UuidParam } from './parameters.js';
export { ListQuery, purposes, ShowQuery, type Purpose } from './queries.dto.js';
export { Problem, type FieldProblem, type ProblemLanguage, type Refusals, type RefusalText, type Worded } from './refusing.js';
export { Secrets } from './secrets.js';
export { TenantLimits } from './platforms/limiting.js';
export { hashOfPolicy, settledAt } from './platforms/settling.js';
export { Platforms, type Platform } from './platforms/platforms.js';
export { Settings } from './settings.js';
export type { Drafted, Past, Showing, Standing, Task, ToSeal } from './tasks.js';
export { outgoingTraceparent } from './tracing.js';
export { startService, type StartOptions } from './starting.js';
export { languageOf } from './wording.js';
export { Streams, type StreamEvent, type StreamSource } from './streaming.js';
export { Allow, AllowAnyone, byOf, Fresh, Reach, type Caller, type ReachName, type Role } from '@recourse/identity';
export { normalised, wordsOf, type IndexKey, type Privacy, type WholeField } from '@recourse/privacy';
