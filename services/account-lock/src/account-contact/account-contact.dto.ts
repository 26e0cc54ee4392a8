import { codes, type Code, type Language } from '@recourse/contracts';
import { IsCode, IsPlatformId, Optional, Text } from '@recourse/edge';
import type { DistrustReason, RouteKind } from './account-contact.js';

/** A way by which the platform reaches its customer. */
export class RouteDto {
  /** What kind of route. */
  @IsCode(['email', 'sms', 'push'])
  kind: RouteKind;

  /** The e-mail address, the telephone number (`+86…`), or the token of the app. Sealed at once. */
  @Text(254)
  address: string;

  /** In which language to write there. */
  @IsCode(['en', 'zh-CN'])
  language: Language;

  /** The platform's id of the customer: with it this customer may look at the account. */
  @Optional()
  @IsPlatformId()
  subject?: string;
}

/** Why a route is not believed for now. */
export class DistrustDto {
  /** The reason. */
  @IsCode(codes['route-distrusted-why'])
  why: DistrustReason;
}

/** What proved that a route is the owner's. */
export class TrustDto {
  /** The kind of proof. */
  @IsCode(codes['proof-kind'])
  proof: Code<'proof-kind'>;
}
