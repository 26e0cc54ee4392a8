import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

/** What an operator watches: rate, errors and duration of each route, and gauges that are asked when somebody looks. */
export class Metrics {
  readonly registry = new Registry();

  private readonly requests = new Histogram({
    name: 'recourse_http_request_duration_seconds',
    help: 'Requests by method, route pattern and status.',
    labelNames: ['method', 'route', 'status'] as const,
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers: [this.registry],
  });

  constructor(service: string) {
    this.registry.setDefaultLabels({ service });
    collectDefaultMetrics({ register: this.registry });
  }

  observe(method: string, route: string, status: number, seconds: number): void {
    this.requests.observe({ method, route, status: String(status) }, seconds);
  }

  /** A gauge whose values are asked at each scrape: `[{ labels, value }]`. A failure leaves it out, never breaks the scrape. */
  gauge<Label extends string>(
    name: string,
    help: string,
    labelNames: readonly Label[],
    ask: () => Promise<readonly Measured<Label>[]> | readonly Measured<Label>[],
  ): void {
    new Gauge({
      name,
      help,
      labelNames: [...labelNames],
      registers: [this.registry],
      async collect() {
        this.reset();
        const measured = await (async () => ask())().catch(() => []);
        for (const { labels, value } of measured) this.set(labels, value);
      },
    });
  }

  /** The same for what only ever grows while the process lives: its name ends in `_total`. */
  counter<Label extends string>(
    name: `${string}_total`,
    help: string,
    labelNames: readonly Label[],
    ask: () => Promise<readonly Measured<Label>[]> | readonly Measured<Label>[],
  ): void {
    new Counter({
      name,
      help,
      labelNames: [...labelNames],
      registers: [this.registry],
      async collect() {
        this.reset();
        const measured = await (async () => ask())().catch(() => []);
        for (const { labels, value } of measured) this.inc(labels, value);
      },
    });
  }
}

export type Measured<Label extends string> = { readonly labels: Readonly<Record<Label, string>>; readonly value: number };
