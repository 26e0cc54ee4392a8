import { startRecourse, type Recourse } from '@recourse/embedded/starting';
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { confide, type Confiding } from './confiding.js';
import { platformsOfStories, playDisguised, type Disguised, type OfStory } from './disguising.js';
import { Markers } from './marking.js';
import { Inside } from './peeking.js';
import { settled } from './settling.js';

/** A house in which each text that somebody told of a person carries a marker. Its members are there once it has been played. */
export class Masquerade {
  readonly home = fs.mkdtempSync(path.join(tmpdir(), 'recourse-masquerade-'));
  /** Every marker there is; each story has a part of them, and whoever confides everything has one too. */
  readonly markers = new Markers();
  readonly ofStory = Object.fromEntries(platformsOfStories.map((tenant) => [tenant, new Markers(this.markers)])) as Readonly<
    Record<OfStory, Markers>
  >;
  recourse!: Recourse;
  inside!: Inside;
  stories!: Readonly<Record<OfStory, Disguised>>;
  confided!: Confiding;

  /** Starts the house, plays the three stories in it, tells everything else there is to tell, and waits until nothing moves any more. */
  async play(): Promise<void> {
    // What the services put aside for a moment is looked through as well.
    fs.mkdirSync(path.join(this.home, 'tmp'));
    const environment = { TMPDIR: path.join(this.home, 'tmp'), RECOURSE_LOG_LEVEL: 'debug' };
    this.recourse = await startRecourse({ home: this.home, environment });
    this.inside = new Inside(this.recourse.adminUrl);
    this.stories = await playDisguised(this.recourse.url, this.ofStory);
    this.confided = await confide(this.recourse.url, new Markers(this.markers));
    await settled(this.inside);
  }

  /** Ends the house; its home stays and can be looked through. */
  async stop(): Promise<void> {
    await this.inside?.close();
    await this.recourse?.stop();
  }

  /** Ends the house, and nothing of it is left. */
  async clear(): Promise<void> {
    await this.stop();
    fs.rmSync(this.home, { recursive: true, force: true });
  }
}
