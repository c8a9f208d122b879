package sim

// The names in the catalogue are made of these words. All names are invented: none is taken from a real artist, album
// or title.

func artistNames() []string {
	return []string{
		"Amélie Corbeau", "The Paper Lighthouse", "Otto Fjelland", "Saltwater Cinema",
		"Nadia Oyelaran", "The Brass Comets", "Tiny Cathedrals", "Mateo Siqueira",
		"Lune & Larkin", "Kitchen Astronauts", "Harriet Quillfeather", "Fenwick Street Choir",
		"Zoë Lindqvarn", "Las Naranjas Lentas", "Copper Fox Parade", "DJ Marzipan",
		"Ravi Kestrelwood", "Hollow Pine Radio", "Señor Relámpago", "The Velvet Umbrellas",
		"Odd Socks Society", "Mira Tanaquil", "Slow Ferris Wheel", "Postcard Weather",
		"Elodie Brandtholm", "North Pier Disco", "Grandma's Synthesizer", "Théo Vasserot",
		"Bluebell Motorway", "The Last Tram Home", "Ines Marlowicz", "Cassette Orchard",
		"Ada Wolkenstern", "Dune Telephone", "Pocket Thunderhead", "Rosalind Achebury",
		"Sundial Sisters", "Kobi Ferreira-Lund", "Lemon District", "Håkan Silverbark",
		"Moss & Marble", "Midnight Bakery Union", "Paloma Ventisca", "Static Gardeners",
		"Twelve Umbrellas", "Jonah Pemberwick", "Glasshouse Ponies", "Imani Saltmarsh",
		"Rubber Boot Ballet", "Clémence Dufourneau", "Neon Haystack", "Ferrous & Fern",
		"The Quiet Escalators", "Yuki Hallströmer", "Carousel Embassy", "Bramble Electric",
		"Sofía Calderón Ruelas", "Two Left Satellites", "Wilhelmina Frostrup-Vale", "Parachute Bakery",
		"Gideon Larkspurr", "Aurora Tollbooth", "Café Méridien Nord", "Tangerine Parliament",
	}
}

// The templates contain names of word lists in braces, which generator.fillTemplate replaces by words.

func titleTemplates() []string {
	return []string{
		"{adjective} {things}", "{adjective} {thing}", "{doing} {somewhere}", "{doing} until {time}", "{doing} in {month}",
		"{things} in {month}", "{things} over {town}", "{number} {things}", "{name} {somewhere}", "{name} and the {thing}",
		"Dear {name}", "Tell {name} I'm {doing}", "{name} Drives Home", "{adjective} Heart, {adjective} Hands",
		"{thing} Weather", "We Were {things}", "No {things} Tonight", "My {adjective} {thing}", "The {thing} Song",
		"Slower Than {things}", "Leave the {thing} Unlocked", "Please Don't Paint the {thing}", "What the {thing} Said",
		"Ask the {thing}", "Every {thing} I Own", "Meet Me {somewhere}", "It Rained {somewhere}",
		"(I Left My) {thing} {somewhere}", "One More {thing} before {time}", "Last Boat to {town}", "Nobody Sleeps in {town}",
		"Goodnight, {town}", "Radio {town}", "Halfway to {town}",
	}
}

func albumTemplates() []string {
	return []string{
		"The {thing} Years", "Letters from {town}", "{adjective} {thing}", "Songs for {adjective} {things}",
		"{doing} {somewhere}", "The {thing} in {town}", "{month} in {town}", "How to Mend the {thing}", "{number} {things}",
		"{town} by Night", "{name} & the {things}", "Music for {things}", "Maps of {town}", "The {adjective} Hour",
		"A Short History of {things}", "{things} and Other Songs",
	}
}

func wordLists() map[string][]string {
	return map[string][]string{
		"{adjective}": {
			"Copper", "Borrowed", "Restless", "Lemon", "Crooked", "Salted", "Distant", "Reckless", "Marble", "Patient",
			"Clockwork", "Drowsy", "Magnetic", "Tangled", "Feathered", "Homemade", "Velveteen", "Weightless", "Stubborn",
			"Amber",
		},
		"{thing}": {
			"Lantern", "Rooftop", "Satellite", "Postcard", "Carousel", "Lighthouse", "Umbrella", "Bicycle", "Telescope",
			"Staircase", "Windmill", "Parachute", "Balcony", "Ferryboat", "Greenhouse", "Accordion", "Compass", "Typewriter",
			"Hammock", "Kite",
		},
		"{things}": {
			"Lanterns", "Rooftops", "Satellites", "Postcards", "Carousels", "Fireflies", "Umbrellas", "Bicycles", "Telescopes",
			"Staircases", "Windmills", "Parachutes", "Balconies", "Ferryboats", "Thunderclouds", "Accordions", "Meteors",
			"Streetlights", "Pinecones", "Kites",
		},
		"{doing}": {
			"Dancing", "Waiting", "Running Late", "Drifting", "Spinning", "Singing", "Whispering", "Falling Asleep", "Waltzing",
			"Getting Lost", "Humming", "Swimming", "Wandering", "Glowing", "Holding Hands", "Making Noise", "Daydreaming",
			"Catching Rain",
		},
		"{somewhere}": {
			"on Alder Street", "at the Old Pier", "behind the Lighthouse", "on the Seventh Floor", "from Marigold Lane",
			"on the Night Bus", "from the Rooftop", "at the Observatory", "by Canal Number Five", "at the Corner Shop",
			"from Platform Eleven", "under the Overpass", "at the Café Soléa", "across the Frozen Lake", "from the Phone Box",
			"beside the Tin Piano", "in the Lemon Grove", "at Nordvåg Beach",
		},
		"{time}": {
			"Half Past Two", "Sunrise", "the Last Tram", "the First Snow", "Last Orders", "the Ninth of May", "Breakfast",
			"the Streetlights Fade", "the Neighbours Wake", "a Quarter to Never",
		},
		"{number}": {"Two", "Four", "Six", "Seven", "Eleven", "Thirteen", "Twenty", "Forty", "Ninety", "A Thousand"},
		"{name}": {
			"Odette", "Marguerite", "Casimir", "Leopold", "Philippa", "Solveig", "Aurelio", "Winifred", "Tobias", "Ottilie",
			"Benedikt", "Rosamund", "Zdenka", "Ferdinand",
		},
		"{month}": {
			"January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
			"December",
		},
		"{town}": {
			"Nordvåg", "Port Calloway", "Saint-Odile", "Villa Orquídea", "Brackenmouth", "Lindenau am See", "Isla Pálida",
			"Quillhaven", "Ostermoor", "Tarn Hollow", "Bellacqua", "Kestrel Bay",
		},
	}
}
