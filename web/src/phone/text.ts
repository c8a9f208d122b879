import { usePageText } from '../text/text'
import { de } from './de'
import { en } from './en'

export const usePhoneText = () => usePageText({ en, de })
