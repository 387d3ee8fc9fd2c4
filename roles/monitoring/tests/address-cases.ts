import type { Case } from './case.ts';

/** Alerts about addresses that move (role vip). */
export const addressCases: readonly Case[] = [
	{
		alert: 'AddressTwice',
		severity: 'critical',
		about: 'host="rp1",name="proxy"',
		after: '3m',
		amiss: { 'g2pbook_vip_conflict{host="rp1",name="proxy"}': '1x10' },
		fine: [{ 'g2pbook_vip_conflict{host="rp1",name="proxy"}': '0x10' }],
	},
	{
		alert: 'AddressNowhere',
		severity: 'critical',
		about: 'name="proxy"',
		after: '5m',
		amiss: {
			'g2pbook_vip_holder{host="rp1",name="proxy"}': '0x10',
			'g2pbook_vip_holder{host="rp2",name="proxy"}': '0x10',
		},
		fine: [
			{
				'g2pbook_vip_holder{host="rp1",name="proxy"}': '0x10',
				'g2pbook_vip_holder{host="rp2",name="proxy"}': '1x10',
			},
		],
	},
	{
		alert: 'AddressStandsAlone',
		severity: 'warning',
		about: 'host="rp2",name="proxy"',
		after: '20m',
		amiss: { 'g2pbook_vip_serves{host="rp2",name="proxy"}': '0x30' },
		fine: [{ 'g2pbook_vip_serves{host="rp2",name="proxy"}': '1x30' }],
	},
];
