import * as z from 'zod';
import { hostPath } from '../../module/arguments.ts';

/** How to reach the server: shared by all `postgres_*` modules. */
export const loginArguments = {
	login_user: z
		.string()
		.min(1)
		.default('postgres')
		.describe('Role to connect as. Root becomes the account of this name; others connect as themselves.'),
	login_port: z.int().min(1).max(65535).optional().describe('Port of the server, where there are several.'),
	login_unix_socket: hostPath().optional().describe('Folder of its socket, when it is not the usual one.'),
};

export type Login = {
	readonly login_user: string;
	readonly login_port?: number | undefined;
	readonly login_unix_socket?: string | undefined;
};
