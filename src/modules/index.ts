import type { Module } from '../module/contract.ts';
import file from './file.ts';
import group from './group.ts';
import service from './service.ts';
import systemd from './systemd.ts';

/** All modules, in the order of their names. Adding one: its import above and its name here, nothing else. */
export const modules: readonly Module[] = [
	file,
	group,
	service,
	systemd,
	//
];

const byName: ReadonlyMap<string, Module> = new Map(modules.map((module) => [module.name, module]));

export const moduleNames: readonly string[] = [...byName.keys()];

export const findModule = (name: string): Module | undefined => byName.get(name);
