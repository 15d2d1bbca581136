//! Which of many things belong together?
//!
//! The one with most others near it takes them all as its cluster; then the same among those that
//! are left (Butina 1999). Every member of a cluster is near one of them, the result does not depend
//! on chance, and what is like no other stays alone, which centres that are spread over everything
//! beforehand (k-means) would not allow.

/// Fewest members of a cluster.
const FEWEST: usize = 2;

/// Things that belong together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cluster {
    /// Positions of its members, in order.
    pub members: Vec<usize>,
    /// The member that is most like all the others.
    pub middle: usize,
}

/// The clusters of `count` things, the largest first. Two are near each other where their likeness
/// is at least `near`.
pub fn clusters(count: usize, near: f32, likeness: impl Fn(usize, usize) -> f32) -> Vec<Cluster> {
    let mut alike = vec![0.0_f32; count * count];
    let mut neighbours: Vec<Vec<usize>> = (0..count).map(|index| vec![index]).collect();
    for left in 0..count {
        for right in 0..left {
            let value = likeness(left, right);
            (alike[left * count + right], alike[right * count + left]) = (value, value);
            if value >= near {
                neighbours[left].push(right);
                neighbours[right].push(left);
            }
        }
    }
    let mut taken = vec![false; count];
    let mut clusters = Vec::new();
    loop {
        let free = |index: usize| neighbours[index].iter().filter(|other| !taken[**other]).count();
        let densest = (0..count)
            .filter(|index| !taken[*index])
            .max_by_key(|index| (free(*index), std::cmp::Reverse(*index)));
        let Some(densest) = densest.filter(|index| free(*index) >= FEWEST) else {
            return clusters;
        };
        let mut members: Vec<usize> =
            neighbours[densest].iter().copied().filter(|other| !taken[*other]).collect();
        members.sort_unstable();
        for member in &members {
            taken[*member] = true;
        }
        let to_all =
            |one: usize| members.iter().map(|other| alike[one * count + other]).sum::<f32>();
        // Of equally near ones the first.
        let middle = members
            .iter()
            .rev()
            .copied()
            .max_by(|left, right| to_all(*left).total_cmp(&to_all(*right)));
        clusters.push(Cluster { middle: middle.unwrap_or(densest), members });
    }
}
