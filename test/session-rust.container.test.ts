import test from 'ava';
import { sessionsOn } from './sessions-on.ts';

sessionsOn(test, { image: 'debian-13', programs: 'rust' });
