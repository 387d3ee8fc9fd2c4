// chaos.container.test.ts, with more rounds.
process.env.CHAOS_ROUNDS ??= '20';
await import('./chaos.container.test.ts');
