import type { Module } from '../module/contract.ts';
import authorizedKey from './authorized_key.ts';
import copy from './copy.ts';
import cron from './cron.ts';
import file from './file.ts';
import group from './group.ts';
import hostname from './hostname.ts';
import hostsEntry from './hosts_entry.ts';
import service from './service.ts';
import sysctl from './sysctl.ts';
import systemd from './systemd.ts';
import template from './template.ts';
import timezone from './timezone.ts';
import user from './user.ts';

/** All modules, in the order of their names. Adding one: its import above and its name here, nothing else. */
export const modules: readonly Module[] = [
	authorizedKey,
	copy,
	cron,
	file,
	group,
	hostname,
	hostsEntry,
	service,
	sysctl,
	systemd,
	template,
	timezone,
	user,
	//
];

const byName: ReadonlyMap<string, Module> = new Map(modules.map((module) => [module.name, module]));

export const moduleNames: readonly string[] = [...byName.keys()];

export const findModule = (name: string): Module | undefined => byName.get(name);
