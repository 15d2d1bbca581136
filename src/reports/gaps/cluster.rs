//! Which texts mean the same?
//!
//! The text with most texts near it takes them all as its cluster; then the same among those that
//! are left (Butina 1999). Every member of a cluster is near its middle one, the result does not
//! depend on chance, and a text that is like no other stays alone, which centres that are spread
//! over the data beforehand (k-means) would not allow.

/// Two texts mean the same from this cosine on. Found with the shipped model on phrasings of the same
/// question: most lie above, and those of different questions of one intent below.
const NEAR: f32 = 0.62;

/// Fewest texts of a cluster.
const FEWEST: usize = 2;

/// The clusters with the positions of their members in order, and that of the member nearest to the
/// middle; the largest first. Vectors have length 1.
pub fn clusters(vectors: &[&[f32]]) -> Vec<(Vec<usize>, usize)> {
    let mut near: Vec<Vec<usize>> = (0..vectors.len()).map(|index| vec![index]).collect();
    for left in 0..vectors.len() {
        for right in 0..left {
            if cosine(vectors[left], vectors[right]) >= NEAR {
                near[left].push(right);
                near[right].push(left);
            }
        }
    }
    let mut taken = vec![false; vectors.len()];
    let mut clusters = Vec::new();
    loop {
        let free = |index: usize| near[index].iter().filter(|other| !taken[**other]).count();
        let densest = (0..vectors.len())
            .filter(|index| !taken[*index])
            .max_by_key(|index| (free(*index), std::cmp::Reverse(*index)));
        let Some(densest) = densest.filter(|index| free(*index) >= FEWEST) else {
            return clusters;
        };
        let mut members: Vec<usize> =
            near[densest].iter().copied().filter(|other| !taken[*other]).collect();
        members.sort_unstable();
        for member in &members {
            taken[*member] = true;
        }
        let middle = middle(vectors, &members).unwrap_or(densest);
        clusters.push((members, middle));
    }
}

/// The member nearest to the mean of all.
fn middle(vectors: &[&[f32]], members: &[usize]) -> Option<usize> {
    let mut mean = vec![0.0_f32; vectors.get(*members.first()?)?.len()];
    for member in members {
        for (sum, value) in mean.iter_mut().zip(vectors[*member]) {
            *sum += value;
        }
    }
    members.iter().copied().max_by(|left, right| {
        let [left_near, right_near] = [left, right].map(|index| cosine(vectors[*index], &mean));
        // Of equally near ones the first.
        left_near.total_cmp(&right_near).then(right.cmp(left))
    })
}

fn cosine(left: &[f32], right: &[f32]) -> f32 {
    left.iter().zip(right).map(|(left, right)| left * right).sum()
}
