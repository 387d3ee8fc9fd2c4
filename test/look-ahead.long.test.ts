import test from 'ava';
import { randomPlaybooks } from './engine/look-ahead.ts';

// The rest of those that `npm test` begins with.
randomPlaybooks(test, 101, 2000);
