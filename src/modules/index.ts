import type { Module } from '../module/contract.ts';
import authorizedKey from './accounts/authorized_key.ts';
import group from './accounts/group.ts';
import user from './accounts/user.ts';
import command from './commands/command.ts';
import raw from './commands/raw.ts';
import script from './commands/script.ts';
import shell from './commands/shell.ts';
import uri from './commands/uri.ts';
import waitFor from './commands/wait_for.ts';
import assemble from './files/assemble.ts';
import copy from './files/copy.ts';
import fetch from './files/fetch.ts';
import file from './files/file.ts';
import getUrl from './files/get_url.ts';
import slurp from './files/slurp.ts';
import stat from './files/stat.ts';
import template from './files/template.ts';
import unarchive from './files/unarchive.ts';
import ufw from './firewall/ufw.ts';
import addHost from './flow/add_host.ts';
import assert from './flow/assert.ts';
import debug from './flow/debug.ts';
import fail from './flow/fail.ts';
import groupBy from './flow/group_by.ts';
import includeVars from './flow/include_vars.ts';
import meta from './flow/meta.ts';
import pause from './flow/pause.ts';
import ping from './flow/ping.ts';
import setFact from './flow/set_fact.ts';
import helmRelease from './kubernetes/helm_release.ts';
import helmRepository from './kubernetes/helm_repository.ts';
import kubernetesManifest from './kubernetes/kubernetes_manifest.ts';
import kubernetesNode from './kubernetes/kubernetes_node.ts';
import kubernetesWait from './kubernetes/kubernetes_wait.ts';
import hostname from './machine/hostname.ts';
import hostsEntry from './machine/hosts_entry.ts';
import modprobe from './machine/modprobe.ts';
import mount from './machine/mount.ts';
import reboot from './machine/reboot.ts';
import swap from './machine/swap.ts';
import sysctl from './machine/sysctl.ts';
import timezone from './machine/timezone.ts';
import apt from './packages/apt.ts';
import aptRepository from './packages/apt_repository.ts';
import git from './packages/git.ts';
import packageModule from './packages/package.ts';
import postgresDatabase from './postgres/postgres_database.ts';
import postgresExtension from './postgres/postgres_extension.ts';
import postgresGrant from './postgres/postgres_grant.ts';
import postgresHba from './postgres/postgres_hba.ts';
import postgresRole from './postgres/postgres_role.ts';
import postgresSetting from './postgres/postgres_setting.ts';
import blockinfile from './text/blockinfile.ts';
import iniFile from './text/ini_file.ts';
import lineinfile from './text/lineinfile.ts';
import replace from './text/replace.ts';
import tlsCertificate from './tls/tls_certificate.ts';
import tlsKey from './tls/tls_key.ts';
import cron from './units/cron.ts';
import service from './units/service.ts';
import systemd from './units/systemd.ts';

/** All modules by family, which is the folder of a module; a family may import from those before it. */
export const families = {
	files: [assemble, copy, fetch, file, getUrl, slurp, stat, template, unarchive],
	text: [blockinfile, iniFile, lineinfile, replace],
	packages: [apt, aptRepository, git, packageModule],
	units: [cron, service, systemd],
	accounts: [authorizedKey, group, user],
	machine: [hostname, hostsEntry, modprobe, mount, reboot, swap, sysctl, timezone],
	firewall: [ufw],
	tls: [tlsCertificate, tlsKey],
	postgres: [postgresDatabase, postgresExtension, postgresGrant, postgresHba, postgresRole, postgresSetting],
	kubernetes: [helmRelease, helmRepository, kubernetesManifest, kubernetesNode, kubernetesWait],
	commands: [command, raw, script, shell, uri, waitFor],
	flow: [addHost, assert, debug, fail, groupBy, includeVars, meta, pause, ping, setFact],
} satisfies Readonly<Record<string, readonly Module[]>>;

/** All modules, in the order of their names. */
export const modules: readonly Module[] = Object.values(families)
	.flat()
	.sort((one, other) => (one.name < other.name ? -1 : 1));

const byName: ReadonlyMap<string, Module> = new Map(modules.map((module) => [module.name, module]));

export const moduleNames: readonly string[] = [...byName.keys()];

export const findModule = (name: string): Module | undefined => byName.get(name);

/** The family that a module belongs to. */
export const familyOf = (name: string): string | undefined =>
	Object.entries<readonly Module[]>(families).find(([, members]) =>
		members.some((module) => module.name === name),
	)?.[0];
