import test from 'ava';
import { contractsOnCluster } from './contracts-on-cluster.ts';
import { releasesThatFail } from './releases-that-fail.ts';

releasesThatFail(test, contractsOnCluster(test));
