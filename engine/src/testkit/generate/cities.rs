//! The eighty most populous cities of Russia: facts of GeoNames (<https://www.geonames.org>), CC BY 4.0.
//!
//! City districts that GeoNames lists as places of their own are left out. Coordinates are in hundred-thousandths of
//! a degree, so that distances are integers too.

/// A city.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct City {
    /// Key, in lower case.
    pub key: &'static str,
    /// Name for people.
    pub name: &'static str,
    /// Latitude, 10⁻⁵ degrees.
    pub lat: i64,
    /// Longitude, 10⁻⁵ degrees.
    pub lon: i64,
    /// Inhabitants.
    pub people: i64,
    /// IANA time zone.
    pub zone: &'static str,
}

const fn city(
    key: &'static str,
    name: &'static str,
    (lat, lon): (i64, i64),
    people: i64,
    zone: &'static str,
) -> City {
    City { key, name, lat, lon, people, zone }
}

/// Largest first.
#[rustfmt::skip]
pub const CITIES: [City; 80] = [
    city("moscow", "Moscow", (5575204, 3761781), 10381222, "Europe/Moscow"),
    city("saint-petersburg", "Saint Petersburg", (5993863, 3031413), 5351935, "Europe/Moscow"),
    city("novosibirsk", "Novosibirsk", (5502259, 8293175), 1612833, "Asia/Novosibirsk"),
    city("yekaterinburg", "Yekaterinburg", (5685733, 6061529), 1495066, "Asia/Yekaterinburg"),
    city("nizhniy-novgorod", "Nizhniy Novgorod", (5632867, 4400205), 1259013, "Europe/Moscow"),
    city("kazan", "Kazan", (5578874, 4912214), 1243500, "Europe/Moscow"),
    city("chelyabinsk", "Chelyabinsk", (5516110, 6142877), 1202371, "Asia/Yekaterinburg"),
    city("omsk", "Omsk", (5499244, 7336859), 1172070, "Asia/Omsk"),
    city("samara", "Samara", (5320767, 5013553), 1163399, "Europe/Samara"),
    city("rostov-on-don", "Rostov-on-Don", (4721997, 3970769), 1130305, "Europe/Moscow"),
    city("ufa", "Ufa", (5474306, 5596779), 1120547, "Asia/Yekaterinburg"),
    city("krasnoyarsk", "Krasnoyarsk", (5603742, 9293136), 1090811, "Asia/Krasnoyarsk"),
    city("voronezh", "Voronezh", (5166833, 3919204), 1047549, "Europe/Moscow"),
    city("volgograd", "Volgograd", (4871378, 4449760), 1013533, "Europe/Volgograd"),
    city("perm", "Perm", (5801046, 5625017), 982419, "Asia/Yekaterinburg"),
    city("krasnodar", "Krasnodar", (4504534, 3898178), 899541, "Europe/Moscow"),
    city("saratov", "Saratov", (5154048, 4599010), 844858, "Europe/Saratov"),
    city("tyumen", "Tyumen", (5715222, 6552722), 768358, "Asia/Yekaterinburg"),
    city("tolyatti", "Tolyatti", (5353030, 4934610), 702879, "Europe/Samara"),
    city("izhevsk", "Izhevsk", (5685225, 5319862), 648213, "Europe/Samara"),
    city("barnaul", "Barnaul", (5336199, 8372786), 632372, "Asia/Barnaul"),
    city("ulyanovsk", "Ulyanovsk", (5432824, 4838657), 626540, "Europe/Ulyanovsk"),
    city("irkutsk", "Irkutsk", (5229566, 10429076), 623869, "Asia/Irkutsk"),
    city("khabarovsk", "Khabarovsk", (4846204, 13509710), 618150, "Asia/Vladivostok"),
    city("yaroslavl", "Yaroslavl", (5762987, 3987368), 608722, "Europe/Moscow"),
    city("vladivostok", "Vladivostok", (4310562, 13187353), 604901, "Asia/Vladivostok"),
    city("makhachkala", "Makhachkala", (4297782, 4750027), 596356, "Europe/Moscow"),
    city("tomsk", "Tomsk", (5650049, 8498216), 574002, "Asia/Tomsk"),
    city("orenburg", "Orenburg", (5176712, 5509883), 564773, "Asia/Yekaterinburg"),
    city("kemerovo", "Kemerovo", (5535417, 8610435), 558973, "Asia/Novokuznetsk"),
    city("novokuznetsk", "Novokuznetsk", (5375752, 8713599), 539616, "Asia/Novokuznetsk"),
    city("ryazan", "Ryazan’", (5462696, 3970415), 538962, "Europe/Moscow"),
    city("astrakhan", "Astrakhan", (4634968, 4804076), 533925, "Europe/Astrakhan"),
    city("penza", "Penza", (5319568, 4501075), 523553, "Europe/Moscow"),
    city("naberezhnyye-chelny", "Naberezhnyye Chelny", (5573718, 5241961), 509870, "Europe/Moscow"),
    city("lipetsk", "Lipetsk", (5258760, 3955151), 509735, "Europe/Moscow"),
    city("kirov", "Kirov", (5859809, 4965783), 507155, "Europe/Kirov"),
    city("cheboksary", "Cheboksary", (5613218, 4724600), 492331, "Europe/Moscow"),
    city("tula", "Tula", (5419609, 3761822), 482873, "Europe/Moscow"),
    city("kaliningrad", "Kaliningrad", (5470639, 2051102), 475056, "Europe/Kaliningrad"),
    city("kursk", "Kursk", (5172689, 3618457), 448733, "Europe/Moscow"),
    city("stavropol", "Stavropol", (4503442, 4196420), 433931, "Europe/Moscow"),
    city("bryansk", "Bryansk", (5327096, 3432143), 427236, "Europe/Moscow"),
    city("tver", "Tver", (5685836, 3590057), 420065, "Europe/Moscow"),
    city("magnitogorsk", "Magnitogorsk", (5339808, 5900660), 413351, "Asia/Yekaterinburg"),
    city("ivanovo", "Ivanovo", (5699988, 4097257), 406113, "Europe/Moscow"),
    city("nizhny-tagil", "Nizhny Tagil", (5791944, 5996500), 381116, "Asia/Yekaterinburg"),
    city("ulan-ude", "Ulan-Ude", (5182648, 10759979), 360278, "Asia/Irkutsk"),
    city("vladimir", "Vladimir", (5613854, 4039976), 357024, "Europe/Moscow"),
    city("arkhangelsk", "Arkhangel’sk", (6454610, 4055183), 349742, "Europe/Moscow"),
    city("chita", "Chita", (5204311, 11349171), 349005, "Asia/Chita"),
    city("belgorod", "Belgorod", (5060343, 3658091), 345289, "Europe/Moscow"),
    city("kaluga", "Kaluga", (5453063, 3627000), 340851, "Europe/Moscow"),
    city("smolensk", "Smolensk", (5477826, 3205088), 330025, "Europe/Moscow"),
    city("sochi", "Sochi", (4359699, 3972477), 327608, "Europe/Moscow"),
    city("volzhsky", "Volzhsky", (4878583, 4477973), 323293, "Europe/Volgograd"),
    city("saransk", "Saransk", (5418485, 4517166), 318841, "Europe/Moscow"),
    city("cherepovets", "Cherepovets", (5913333, 3790000), 315738, "Europe/Moscow"),
    city("vologda", "Vologda", (5922390, 3988398), 312420, "Europe/Moscow"),
    city("kurgan", "Kurgan", (5544905, 6534344), 309285, "Asia/Yekaterinburg"),
    city("vladikavkaz", "Vladikavkaz", (4304101, 4466986), 306258, "Europe/Moscow"),
    city("oryol", "Orël", (5296879, 3607910), 303696, "Europe/Moscow"),
    city("surgut", "Surgut", (6125757, 7341775), 300367, "Asia/Yekaterinburg"),
    city("grozny", "Grozny", (4331195, 4568895), 297137, "Europe/Moscow"),
    city("murmansk", "Murmansk", (6896778, 3309922), 295374, "Europe/Moscow"),
    city("tambov", "Tambov", (5273632, 4144102), 293661, "Europe/Moscow"),
    city("petrozavodsk", "Petrozavodsk", (6178491, 3434691), 279190, "Europe/Moscow"),
    city("taganrog", "Taganrog", (4723627, 3890530), 279056, "Europe/Moscow"),
    city("kostroma", "Kostroma", (5776638, 4092828), 277280, "Europe/Moscow"),
    city("komsomolsk-on-amur", "Komsomolsk-on-Amur", (5055034, 13700995), 275908, "Asia/Vladivostok"),
    city("yoshkar-ola", "Yoshkar-Ola", (5663877, 4789078), 268272, "Europe/Moscow"),
    city("sterlitamak", "Sterlitamak", (5363793, 5595330), 267231, "Asia/Yekaterinburg"),
    city("bratsk", "Bratsk", (5613250, 10161417), 256600, "Asia/Irkutsk"),
    city("orsk", "Orsk", (5123206, 5848802), 246836, "Asia/Yekaterinburg"),
    city("syktyvkar", "Syktyvkar", (6166393, 5081630), 245083, "Europe/Moscow"),
    city("nizhnevartovsk", "Nizhnevartovsk", (6093440, 7655310), 244937, "Asia/Yekaterinburg"),
    city("angarsk", "Angarsk", (5255968, 10391413), 243158, "Asia/Irkutsk"),
    city("novorossiysk", "Novorossiysk", (4473188, 3776176), 241856, "Europe/Moscow"),
    city("khimki", "Khimki", (5590010, 3742848), 239967, "Europe/Moscow"),
    city("nalchik", "Nalchik", (4349806, 4361889), 239300, "Europe/Moscow"),
];

/// Kilometres between two cities along the surface, within a few per cent.
///
/// Degrees are straightened at the middle latitude, whose cosine is Bhāskara's fraction (error below 0.2 %). Good
/// enough to tell near from far, and the same on every machine because it is integer arithmetic.
pub fn kilometres(one: &City, other: &City) -> i64 {
    const METRES_PER_DEGREE: i64 = 111_195;
    const SCALE: i64 = 100_000;
    let middle = (one.lat + other.lat) / 2;
    let square = middle * middle / SCALE;
    let cosine = (32_400 * SCALE - 4 * square) * 10_000 / (32_400 * SCALE + square);
    let north = (one.lat - other.lat) * METRES_PER_DEGREE / SCALE;
    let degrees = (one.lon - other.lon).abs();
    let east = degrees.min(360 * SCALE - degrees) * METRES_PER_DEGREE / SCALE * cosine / 10_000;
    (north * north + east * east).isqrt() / 1_000
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances_are_those_of_the_map() {
        let find = |key: &str| CITIES.iter().find(|city| city.key == key).expect("a city of the table");
        // Great-circle distances: 634 km and 1,417 km.
        assert!((620..=650).contains(&kilometres(find("moscow"), find("saint-petersburg"))));
        assert!((1_390..=1_450).contains(&kilometres(find("moscow"), find("yekaterinburg"))));
        assert_eq!(kilometres(find("omsk"), find("omsk")), 0);
    }
}
