import type { Language } from './platforms.js';

/** A versioned piece of wording: once something was planned with a version it never changes. */
export type Piece = { readonly id: string; readonly version: number };

/** The words of one message in one language: a subject line and paragraphs, in Handlebars. */
export type Words = { readonly subject: string; readonly body: readonly string[] };

/** `contracts/templates/<id>.v<version>.json` */
export type Template = Piece & {
  /** What the customer can choose about; security and letters always go out. */
  readonly topic: 'security' | 'letters' | 'receipts' | 'progress' | 'guidance';
  /** Facts the words cannot do without. */
  readonly needs: readonly string[];
  /** Facts that may be missing. */
  readonly may: readonly string[];
} & Readonly<Record<Language, Words>>;

/** `contracts/templates/guidance/<id>.v<version>.json`: what to do and what to beware of, added to messages it fits. */
export type Guidance = Piece & {
  /** Templates it is added to. */
  readonly with: readonly string[];
  /** Only for these categories of complaint; any when left out. */
  readonly categories?: readonly string[];
} & Readonly<Record<Language, { readonly title: string; readonly text: string }>>;

/** `contracts/templates/frame.v<version>.json`: what stands round every message. */
export type Frame = Piece &
  Readonly<
    Record<
      Language,
      {
        readonly greeting: string;
        readonly next: string;
        readonly none: string;
        readonly guidance: string;
        readonly close: readonly string[];
      }
    >
  >;

/** One line of the list of templates. */
export type TemplateLine = Pick<Template, 'id' | 'version' | 'topic' | 'needs' | 'may'>;

/** All versions of one template, newest first. */
export type TemplateVersions = { readonly id: string; readonly versions: readonly Template[] };
