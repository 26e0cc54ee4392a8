import { Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { Configuration, houseVariables } from '@recourse/edge';
import { differing, kmsWhenAsked, postgresGovernor, type Governor, type Kms } from '@recourse/privacy';

/** The one way to the keyring that changes keys. Made at its first use: whoever only describes the routes has no keyring. */
@Injectable()
export class KeyGovernor implements OnApplicationBootstrap, OnApplicationShutdown {
  private made: Governor | undefined;
  private readonly opened: Kms[] = [];

  constructor(private readonly configuration: Configuration) {}

  /** A key for restricted data keys that is missing, or that services have too, is known before the first order and not by it. */
  async onApplicationBootstrap(): Promise<void> {
    const { active, restricted } = this.keepers();
    if (restricted) await differing(active, restricted);
  }

  get governor(): Governor {
    const { active, restricted } = this.keepers();
    return (this.made ??= postgresGovernor({
      keyringUrl: this.configuration.of(houseVariables.keyring),
      kms: active,
      restricted: restricted ?? unset,
    }));
  }

  async onApplicationShutdown(): Promise<void> {
    await this.made?.close();
    for (const kms of this.opened) kms.close();
  }

  private keepers(): { readonly active: Kms; readonly restricted: Kms | undefined } {
    const restrictedBy = this.configuration.of(houseVariables.restrictedKeepers);
    if (this.opened.length === 0)
      this.opened.push(...[this.configuration.of(houseVariables.keepers), ...(restrictedBy ? [restrictedBy] : [])].map(kmsWhenAsked));
    return { active: this.opened[0]!, restricted: this.opened[1] };
  }
}

const missing = async (): Promise<never> => {
  throw new Error(
    'RECOURSE_RESTRICTED_KEK_FILE or RECOURSE_RESTRICTED_KMS_KEY is not set, so nothing can be restricted or released. Keys can be destroyed.',
  );
};
const unset: Kms = { current: missing, wrap: missing, unwrap: missing, rewrap: missing, close: () => undefined };
