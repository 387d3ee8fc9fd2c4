import test from 'ava';
import { contractsOn } from './contracts-on.ts';

contractsOn(test, { programs: 'busybox' });
