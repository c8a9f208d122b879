/** The tabs of the phone page, in their order. */
export const tabs = ['queue', 'search', 'mine', 'history'] as const
/** The tabs of a shared tablet, which has no songs of its own. */
export const tabletTabs = ['queue', 'search', 'history'] as const
export type Tab = (typeof tabs)[number]
