import { expect, onTestFinished, test } from 'vitest'
import { Device, sharedBrowser } from './browser'
import { Server } from './server'

const browser = await sharedBrowser()

test('a host prints a poster, which fits one page of A4 and of Letter in both languages', async () => {
  const server = await Server.start('demo')
  onTestFinished(() => server.stop())
  const nora = await Device.open(browser, server, { viewport: { width: 1280, height: 900 } })
  onTestFinished(() => nora.close())
  await nora.page.goto(server.hostLink)
  await nora.page.getByText('Phones cannot open this address').waitFor() // which is of this machine
  const opened = nora.page.waitForEvent('popup')
  await nora.page.getByRole('link', { name: 'Poster to print' }).click()
  const poster = await opened
  await poster.getByRole('heading', { name: 'Scan this, and choose what plays next.' }).waitFor()
  await poster.getByText('PARTY', { exact: true }).waitFor()
  const isDrawn = (picture: HTMLImageElement) => picture.complete && picture.naturalWidth > 0
  expect(await poster.getByRole('img', { name: 'QR code' }).evaluate(isDrawn)).toBe(true)
  await poster.getByRole('button', { name: 'Print' }).waitFor()

  for (const language of ['English', 'Deutsch']) {
    for (const format of ['A4', 'Letter']) {
      const pdf = (await poster.pdf({ format, preferCSSPageSize: false })).toString('latin1')
      expect(pdf.match(/\/Type\s*\/Page\b(?!s)/g), `${language}, ${format}`).toHaveLength(1)
    }
    if (language === 'English') await poster.getByRole('link', { name: 'Deutsch' }).click()
    await poster.getByRole('heading', { name: 'Scannen und mitbestimmen' }).waitFor()
  }
  nora.expectNoErrors()
})
