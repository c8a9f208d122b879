/** Whether hosts sign in at an identity provider; in a demo any name will do. The server says so in the page. */
export const byProvider = document.documentElement.dataset.login === 'provider'
