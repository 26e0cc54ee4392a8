import { startService, textVariable } from './index.js';
import { RemindersModule } from './reminders.testing.js';

/** The reminders as a process of their own, as every service's main.ts starts. */
await startService(RemindersModule, {
  service: 'case-tracking',
  title: 'Reminders',
  variables: [textVariable('GREETING', 'a greeting', 'hello')],
});
