//! How does a pair of numbers become a place in a drawing?

/// Room on the left for the labels of the vertical axis.
const LEFT: f64 = 46.0;
/// Room above.
const TOP: f64 = 10.0;
/// Room on the right, half a label of the horizontal axis.
const RIGHT: f64 = 16.0;
/// Room below for labels and title of the horizontal axis.
const BOTTOM: f64 = 40.0;

/// A rectangle with two linear axes that start at 0.
pub(super) struct Plot {
    width: f64,
    height: f64,
    most_x: f64,
    most_y: f64,
    content: String,
}

impl Plot {
    /// An empty drawing whose axes end at `most_x` and `most_y`. Sizes in pixels at full scale.
    pub(super) fn new(width: f64, height: f64, most_x: f64, most_y: f64) -> Self {
        Self { width, height, most_x, most_y, content: String::new() }
    }

    pub(super) fn x(&self, value: f64) -> f64 {
        LEFT + value / self.most_x * (self.width - LEFT - RIGHT)
    }

    pub(super) fn y(&self, value: f64) -> f64 {
        self.height - BOTTOM - value / self.most_y * (self.height - TOP - BOTTOM)
    }

    /// Adds anything drawn with [`Plot::x`] and [`Plot::y`].
    pub(super) fn add(&mut self, element: &str) {
        self.content.push_str(element);
    }

    /// Grid lines and labels of both axes at these values, with the axes' titles.
    pub(super) fn axes(
        &mut self,
        (x_title, x_ticks): (&str, &[(f64, String)]),
        (y_title, y_ticks): (&str, &[(f64, String)]),
    ) {
        let (left, right) = (self.x(0.0), self.x(self.most_x));
        let (low, high) = (self.y(0.0), self.y(self.most_y));
        for (value, label) in x_ticks {
            let x = self.x(*value);
            self.add(&format!(
                "<line class=\"grid\" x1=\"{x:.1}\" y1=\"{low:.1}\" x2=\"{x:.1}\" y2=\"{high:.1}\"/>\
                 <text class=\"tick\" x=\"{x:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{label}</text>",
                low + 14.0
            ));
        }
        for (value, label) in y_ticks {
            let y = self.y(*value);
            self.add(&format!(
                "<line class=\"grid\" x1=\"{left:.1}\" y1=\"{y:.1}\" x2=\"{right:.1}\" y2=\"{y:.1}\"/>\
                 <text class=\"tick\" x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\">{label}</text>",
                left - 6.0,
                y + 3.5
            ));
        }
        let (middle_x, middle_y) = (f64::midpoint(left, right), f64::midpoint(low, high));
        self.add(&format!(
            "<text class=\"axis\" x=\"{middle_x:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{x_title}</text>\
             <text class=\"axis\" x=\"11\" y=\"{middle_y:.1}\" text-anchor=\"middle\" \
             transform=\"rotate(-90 11 {middle_y:.1})\">{y_title}</text>",
            self.height - 6.0
        ));
    }

    /// A line through points.
    pub(super) fn line(&mut self, class: &str, points: &[(f64, f64)]) {
        let places: Vec<String> =
            points.iter().map(|(x, y)| format!("{:.1},{:.1}", self.x(*x), self.y(*y))).collect();
        self.add(&format!("<polyline class=\"{class}\" points=\"{}\"/>", places.join(" ")));
    }

    /// A dot of this radius in pixels, with words that show when pointed at.
    pub(super) fn dot(&mut self, class: &str, (x, y): (f64, f64), radius: f64, words: &str) {
        let (x, y) = (self.x(x), self.y(y));
        self.add(&format!(
            "<circle class=\"{class}\" cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"{radius:.1}\">\
             <title>{words}</title></circle>"
        ));
    }

    /// The drawing; `label` says what it shows to those who cannot see it.
    pub(super) fn print(&self, label: &str) -> String {
        let Self { width, height, content, .. } = self;
        format!(
            "<svg viewBox=\"0 0 {width:.0} {height:.0}\" width=\"{width:.0}\" \
             height=\"{height:.0}\" role=\"img\" aria-label=\"{label}\">{content}</svg>"
        )
    }
}

/// Ticks of a share axis from 0 to `most`, about five of them, labelled in percent.
pub(super) fn percent_ticks(most: f64) -> Vec<(f64, String)> {
    let step = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2]
        .into_iter()
        .find(|step| most / step <= 5.5)
        .unwrap_or(0.25);
    (0..=(most / step + 1e-9) as usize)
        .map(|index| {
            let value = index as f64 * step;
            let percent = value * 100.0;
            let decimals = usize::from(step < 0.01);
            (value, format!("{percent:.decimals$}"))
        })
        .collect()
}
