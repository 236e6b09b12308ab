# The addresses of the stack.
output "url" {
  value = "http://${aws_route53_record.this.name}"
}

output "load_balancer" {
  value = aws_lb.this.dns_name
}
