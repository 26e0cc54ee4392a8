import type { Provider, Type } from '@nestjs/common';
import type { HouseOptions } from '@recourse/edge';

/** What the folder of one aggregate brings into the service: its doors, and what stands behind them. */
export type Room = {
  readonly controllers: readonly Type[];
  readonly providers: readonly Provider[];
  readonly house: Required<Pick<HouseOptions, 'histories' | 'announce' | 'hears' | 'views' | 'migrations' | 'due'>> & {
    readonly refusals: Exclude<HouseOptions['refusals'], readonly unknown[]>;
  };
};
