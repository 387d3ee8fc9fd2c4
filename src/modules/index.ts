import type { Module } from '../module/contract.ts';
import addHost from './add_host.ts';
import apt from './apt.ts';
import aptRepository from './apt_repository.ts';
import assemble from './assemble.ts';
import assert from './assert.ts';
import authorizedKey from './authorized_key.ts';
import blockinfile from './blockinfile.ts';
import command from './command.ts';
import copy from './copy.ts';
import cron from './cron.ts';
import debug from './debug.ts';
import fail from './fail.ts';
import fetch from './fetch.ts';
import file from './file.ts';
import getUrl from './get_url.ts';
import git from './git.ts';
import group from './group.ts';
import groupBy from './group_by.ts';
import hostname from './hostname.ts';
import hostsEntry from './hosts_entry.ts';
import includeVars from './include_vars.ts';
import iniFile from './ini_file.ts';
import lineinfile from './lineinfile.ts';
import meta from './meta.ts';
import modprobe from './modprobe.ts';
import mount from './mount.ts';
import packageModule from './package.ts';
import pause from './pause.ts';
import ping from './ping.ts';
import postgresDatabase from './postgres_database.ts';
import postgresExtension from './postgres_extension.ts';
import postgresGrant from './postgres_grant.ts';
import postgresHba from './postgres_hba.ts';
import postgresRole from './postgres_role.ts';
import postgresSetting from './postgres_setting.ts';
import raw from './raw.ts';
import reboot from './reboot.ts';
import replace from './replace.ts';
import script from './script.ts';
import service from './service.ts';
import setFact from './set_fact.ts';
import shell from './shell.ts';
import slurp from './slurp.ts';
import stat from './stat.ts';
import swap from './swap.ts';
import sysctl from './sysctl.ts';
import systemd from './systemd.ts';
import template from './template.ts';
import timezone from './timezone.ts';
import tlsCertificate from './tls_certificate.ts';
import tlsKey from './tls_key.ts';
import ufw from './ufw.ts';
import unarchive from './unarchive.ts';
import uri from './uri.ts';
import user from './user.ts';
import waitFor from './wait_for.ts';

/** All modules, in the order of their names. Adding one: its import above and its name here, nothing else. */
export const modules: readonly Module[] = [
	addHost,
	apt,
	aptRepository,
	assemble,
	assert,
	authorizedKey,
	blockinfile,
	command,
	copy,
	cron,
	debug,
	fail,
	fetch,
	file,
	getUrl,
	git,
	group,
	groupBy,
	hostname,
	hostsEntry,
	includeVars,
	iniFile,
	lineinfile,
	meta,
	modprobe,
	mount,
	packageModule,
	pause,
	ping,
	postgresDatabase,
	postgresExtension,
	postgresGrant,
	postgresHba,
	postgresRole,
	postgresSetting,
	raw,
	reboot,
	replace,
	script,
	service,
	setFact,
	shell,
	slurp,
	stat,
	swap,
	sysctl,
	systemd,
	template,
	timezone,
	tlsCertificate,
	tlsKey,
	ufw,
	unarchive,
	uri,
	user,
	waitFor,
	//
];

const byName: ReadonlyMap<string, Module> = new Map(modules.map((module) => [module.name, module]));

export const moduleNames: readonly string[] = [...byName.keys()];

export const findModule = (name: string): Module | undefined => byName.get(name);
