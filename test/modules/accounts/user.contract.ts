import user from '../../../src/modules/accounts/user.ts';
import { Secret } from '../../../src/shell/secret.ts';
import { contractRows } from '../../contract-rows.ts';

const hash = '$6$salt$IxDD3jeSOb5eB1CX5LBsqZFVkJdido3OUILO5Ifz5iwMuTS4XMS130MTSuDDl3aCI6WouIL9AjRbLCelDCy.g.';

export default contractRows(user, [
	{
		title: 'a user in all respects',
		args: {
			name: 'g2p-user',
			uid: 4200,
			groups: ['adm', 'users'],
			shell: '/bin/bash',
			comment: "Somebody's account",
			password: new Secret(hash),
			password_lock: true,
		},
		verify: `su -s /bin/sh -c 'cd && id -un' g2p-user && id -nG g2p-user | grep -q adm && getent shadow g2p-user | grep -qF '!${hash}'`,
	},
	{
		title: 'other properties of a user who exists',
		setup: 'groupadd g2p-team && useradd --create-home --groups adm g2p-other && chage -M 99999 g2p-other',
		args: {
			name: 'g2p-other',
			group: 'g2p-team',
			groups: 'users',
			append: true,
			home: '/srv/g2p-other',
			move_home: true,
		},
		verify:
			'[ "$(id -nG g2p-other)" = "g2p-team adm users" ] && [ -d /srv/g2p-other ] && [ ! -e /home/g2p-other ]',
	},
	{
		title: 'the home that a cut-off useradd has not made',
		setup: 'useradd --no-create-home --home-dir /srv/g2p-cut g2p-cut',
		args: { name: 'g2p-cut', home: '/srv/g2p-cut' },
		verify: '[ "$(stat -c %U /srv/g2p-cut)" = g2p-cut ] && [ -e /srv/g2p-cut/.profile ]',
	},
	{
		title: 'nothing left of a user',
		setup: 'useradd --create-home g2p-gone',
		args: { name: 'g2p-gone', state: 'absent', remove: true },
		verify: '! id g2p-gone && [ ! -e /home/g2p-gone ]',
	},
]);
