import { useOwnText } from '../text/text'
import { de } from './de'
import { en } from './en'

export const usePhoneText = () => useOwnText({ en, de })
