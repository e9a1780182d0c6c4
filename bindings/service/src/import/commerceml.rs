//! Offers in CommerceML 2: what is in which warehouse. Two ways to say it are in use, attributes of `Склад` in an offer
//! (`ИдСклада`, `КоличествоНаСкладе`) and, since version 2.08, `Остатки` with an `Остаток` for each warehouse.

use roxmltree::{Document, Node};
use volok::units::limits;
use volok::world::Defects;

/// A package of offers.
pub struct Package {
    /// What it does not mention stays as it is.
    pub only_changes: bool,
    /// The offers, in the order of the file.
    pub offers: Vec<Offer>,
    /// All that is wrong.
    pub defects: Defects,
}

/// One offer.
pub struct Offer {
    /// Where it stands, for people.
    pub place: String,
    /// `Ид`, with the characteristic after `#`.
    pub id: String,
    /// `Артикул`, what the seller calls it.
    pub article: Option<String>,
    /// `Штрихкод`.
    pub barcode: Option<String>,
    /// Warehouse and units there.
    pub units: Vec<(String, i64)>,
}

impl Package {
    /// Reads a file.
    ///
    /// # Errors
    /// Why it is no such file at all.
    pub fn read(text: &str) -> Result<Package, String> {
        let document = Document::parse(text).map_err(|error| format!("not well-formed XML: {error}"))?;
        let root = document.root_element();
        if !is(root, "КоммерческаяИнформация") {
            let name = root.tag_name().name();
            return Err(format!("found <{name}>; a CommerceML file begins with <КоммерческаяИнформация>"));
        }
        // One that holds changes has a name of its own in newer versions.
        let packages = root
            .children()
            .filter(|node| is(*node, "ПакетПредложений") || is(*node, "ИзмененияПакетаПредложений"));
        let mut package = Package { only_changes: false, offers: Vec::new(), defects: Defects::default() };
        let mut found = false;
        for node in packages {
            found = true;
            let says = node.attribute("СодержитТолькоИзменения") == Some("true");
            package.only_changes |= says || is(node, "ИзмененияПакетаПредложений");
            let offers = children(node, "Предложения").flat_map(|list| children(list, "Предложение"));
            for offer in offers {
                package.offer(offer);
            }
        }
        match found {
            true => Ok(package),
            false => {
                Err("found no <ПакетПредложений>; the file with offers, not the catalogue, is wanted"
                    .to_owned())
            }
        }
    }

    fn offer(&mut self, node: Node<'_, '_>) {
        let row = self.offers.len() + 1;
        let Some(id) = text_of(node, "Ид") else {
            self.defects.note(format!("Предложение {row}"), "missing", "no <Ид>", "the offer's identifier");
            return;
        };
        let place = format!("Предложение {row} ({id})");
        let mut units: Vec<(String, i64)> = Vec::new();
        let mut note = |warehouse: Option<String>, said: Option<String>, defects: &mut Defects| {
            let warehouse = warehouse.unwrap_or_default();
            if warehouse.is_empty() {
                defects.note(
                    place.clone(),
                    "missing",
                    "a count without a warehouse",
                    "the warehouse's identifier",
                );
                return;
            }
            let place = format!("{place}, склад {warehouse}");
            let said = said.unwrap_or_default();
            let Some(count) = whole(&said) else {
                let right = format!("whole units from 0 to {}", limits::STOCK);
                return defects.note(place, "out_of_range", &format!("{said:?}"), right);
            };
            match units.iter().any(|(other, _)| *other == warehouse) {
                true => defects.note(place, "twice", "a second count", "one count for each warehouse"),
                false => units.push((warehouse, count)),
            }
        };
        for shelf in children(node, "Склад") {
            let of = |name| shelf.attribute(name).map(|value: &str| value.trim().to_owned());
            note(of("ИдСклада"), of("КоличествоНаСкладе"), &mut self.defects);
        }
        for rest in children(node, "Остатки").flat_map(|list| children(list, "Остаток")) {
            for shelf in children(rest, "Склад") {
                note(text_of(shelf, "Ид"), text_of(shelf, "Количество"), &mut self.defects);
            }
        }
        let (article, barcode) = (text_of(node, "Артикул"), text_of(node, "Штрихкод"));
        self.offers.push(Offer { place, id, article, barcode, units });
    }
}

/// Names are compared without their namespace: exports of before 2.05 have none.
fn is(node: Node<'_, '_>, name: &str) -> bool {
    node.is_element() && node.tag_name().name() == name
}

fn children<'a, 'input>(node: Node<'a, 'input>, name: &'a str) -> impl Iterator<Item = Node<'a, 'input>> {
    node.children().filter(move |child| is(*child, name))
}

fn text_of(node: Node<'_, '_>, name: &str) -> Option<String> {
    let text = children(node, name).next()?.text()?.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

/// A count of units: 1C writes `5`, `5.000` and `1 250`.
fn whole(said: &str) -> Option<i64> {
    let digits: String = said.chars().filter(|letter| !letter.is_whitespace()).collect();
    let (whole, rest) = digits.split_once(['.', ',']).unwrap_or((&digits, ""));
    let plain = |text: &str| text.bytes().all(|digit| digit.is_ascii_digit());
    let is_whole = !whole.is_empty() && plain(whole) && rest.bytes().all(|digit| digit == b'0');
    let count: i64 = if is_whole { whole.parse().ok()? } else { return None };
    (count <= limits::STOCK).then_some(count)
}

#[cfg(test)]
mod tests {
    use super::whole;

    #[test]
    fn counts_as_they_are_exported() {
        let read = |said: &[&str]| said.iter().map(|said| whole(said)).collect::<Vec<_>>();
        assert_eq!(
            read(&["5", "5.000", "5,0", "1 250", "1\u{a0}250", "0"]),
            [5, 5, 5, 1250, 1250, 0].map(Some)
        );
        assert_eq!(read(&["", "-1", "2.5", "many", "1e3", "99999999999999999999"]), [None; 6]);
    }
}
