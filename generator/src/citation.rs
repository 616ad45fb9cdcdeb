//! How a passage is cited: one line of text, the same on its page and in answers to programs.
//!
//! In: the names of a passage and of what it stands in. Out: the line. Knows no page and no protocol.

/// A passage by its names, from its own to its vendor's.
#[derive(Debug, Clone, Default)]
pub(crate) struct Cited<'a> {
    pub(crate) id: &'a str,
    pub(crate) title: &'a str,
    /// The nearest heading above its own.
    pub(crate) above: Option<&'a str>,
    /// The title of its source.
    pub(crate) document: &'a str,
    pub(crate) guide: &'a str,
    /// Vendor, product and version, as far as there are any.
    pub(crate) levels: Vec<&'a str>,
    pub(crate) page: Option<u32>,
    pub(crate) label: Option<&'a str>,
}

impl Cited<'_> {
    pub(crate) fn line(&self) -> String {
        let Cited { id, guide, levels, .. } = self;
        let quoted = self.quoted();
        let levels =
            if levels.is_empty() { String::new() } else { format!(", {}", levels.join(" ")) };
        format!("{quoted}{guide}{levels}{}. {id}", self.page())
    }

    /// The document, unless it is the guide as a whole, and the section in it, where no page says more: a guide may have many that are
    /// called "Example".
    fn quoted(&self) -> String {
        let document = Some(self.document).filter(|name| !name.is_empty() && *name != self.guide);
        let is_section = self.page.is_none() && self.title != self.document;
        let above =
            self.above.filter(|name| ![self.document, self.guide, self.title].contains(name));
        let section =
            is_section.then_some([above, Some(self.title)]).into_iter().flatten().flatten();
        let names: Vec<&str> = document.into_iter().chain(section).collect();
        if names.is_empty() { String::new() } else { format!("“{}”, ", names.join(" › ")) }
    }

    fn page(&self) -> String {
        match (self.page, self.label) {
            (Some(page), Some(label)) => format!(", p. {label} (page {page})"),
            (Some(page), None) => format!(", p. {page}"),
            (None, _) => String::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(title: &str, document: &str, page: Option<u32>, expected: &str) {
        check_under(None, title, document, page, expected);
    }

    fn check_under(
        above: Option<&str>,
        title: &str,
        document: &str,
        page: Option<u32>,
        expected: &str,
    ) {
        let levels = vec!["Cisco", "Finesse", "v12.5"];
        let (guide, label) = ("Developer Guide", page.map(|_| "91"));
        let cited = Cited { id: "f::91", title, above, document, guide, levels, page, label };
        assert_eq!(cited.line(), expected);
    }

    #[test]
    fn a_section_is_cited_with_the_heading_above_it() {
        let end = "Developer Guide, Cisco Finesse v12.5. f::91";
        let expected = format!("“Dialog API › Hold a call › Examples”, {end}");
        check_under(Some("Hold a call"), "Examples", "Dialog API", None, &expected);
        let expected = format!("“Hold a call › Examples”, {end}");
        check_under(Some("Hold a call"), "Examples", "Developer Guide", None, &expected);
        let expected = format!("“Dialog API › Examples”, {end}");
        check_under(Some("Dialog API"), "Examples", "Dialog API", None, &expected);
    }

    #[test]
    fn a_citation_names_the_document_and_the_section() {
        let end = "Developer Guide, Cisco Finesse v12.5. f::91";
        check("Examples", "Dialog API", None, &format!("“Dialog API › Examples”, {end}"));
        check("Dialog API", "Dialog API", None, &format!("“Dialog API”, {end}"));
        check("Send DTMF", "Developer Guide", None, &format!("“Send DTMF”, {end}"));
        check("Developer Guide", "Developer Guide", None, end);
    }

    #[test]
    fn a_page_is_cited_by_its_number_and_label() {
        let end = "Developer Guide, Cisco Finesse v12.5, p. 91 (page 107). f::91";
        check("Page 107", "Developer Guide", Some(107), end);
        check("Send DTMF", "Dialog API", Some(107), &format!("“Dialog API”, {end}"));
    }

    #[test]
    fn what_is_not_known_is_left_out() {
        let cited = Cited { id: "a::1", title: "Ports", guide: "Guide", ..Cited::default() };
        assert_eq!(cited.line(), "“Ports”, Guide. a::1");
    }
}
