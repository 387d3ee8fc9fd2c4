import test from 'ava';
import { contractsOn } from './contracts-on.ts';

contractsOn(test, { image: 'debian-13' });
