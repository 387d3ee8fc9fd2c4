import test from 'ava';
import { sessionsOn } from './sessions-on.ts';

sessionsOn(test, { programs: 'busybox' });
