# The network: a public and a private subnet in each of two zones, an internet gateway and a NAT gateway.
data "aws_availability_zones" "this" {
  state = "available"
}

locals {
  # The block is divided into 16 parts: public subnets start at the first, private ones at the ninth.
  zones = {
    for index, name in slice(data.aws_availability_zones.this.names, 0, 2) : index + 1 => {
      name    = name
      public  = cidrsubnet(var.cidr, 4, index)
      private = cidrsubnet(var.cidr, 4, index + 8)
    }
  }
}

resource "aws_vpc" "this" {
  cidr_block           = var.cidr
  enable_dns_support   = true
  enable_dns_hostnames = true
  tags                 = { Name = "${var.stack}-vpc" }
}

resource "aws_internet_gateway" "this" {
  vpc_id = aws_vpc.this.id
  tags   = { Name = "${var.stack}-internetGateway" }
}

resource "aws_subnet" "public" {
  for_each          = local.zones
  vpc_id            = aws_vpc.this.id
  availability_zone = each.value.name
  cidr_block        = each.value.public
  tags              = { Name = "${var.stack}-subnets.public-${each.key}" }
}

resource "aws_subnet" "private" {
  for_each          = local.zones
  vpc_id            = aws_vpc.this.id
  availability_zone = each.value.name
  cidr_block        = each.value.private
  tags              = { Name = "${var.stack}-subnets.private-${each.key}" }
}

resource "aws_route_table" "public" {
  vpc_id = aws_vpc.this.id
  tags   = { Name = "${var.stack}-publicRoutes" }
}

resource "aws_route" "public" {
  route_table_id         = aws_route_table.public.id
  destination_cidr_block = "0.0.0.0/0"
  gateway_id             = aws_internet_gateway.this.id
}

resource "aws_route_table_association" "public" {
  for_each       = aws_subnet.public
  route_table_id = aws_route_table.public.id
  subnet_id      = each.value.id
}

resource "aws_eip" "nat" {
  domain = "vpc"
  tags   = { Name = "${var.stack}-elasticIp" }
}

# Creating a NAT gateway fails if its subnet has no route to the internet.
resource "aws_nat_gateway" "this" {
  allocation_id = aws_eip.nat.id
  subnet_id     = aws_subnet.public["1"].id
  tags          = { Name = "${var.stack}-natGateway" }
  depends_on    = [aws_route.public, aws_route_table_association.public]
}

resource "aws_route_table" "private" {
  for_each = local.zones
  vpc_id   = aws_vpc.this.id
  tags     = { Name = "${var.stack}-privateRoutes.private-${each.key}" }
}

resource "aws_route" "private" {
  for_each               = aws_route_table.private
  route_table_id         = each.value.id
  destination_cidr_block = "0.0.0.0/0"
  nat_gateway_id         = aws_nat_gateway.this.id
}

resource "aws_route_table_association" "private" {
  for_each       = aws_subnet.private
  route_table_id = aws_route_table.private[each.key].id
  subnet_id      = each.value.id
}

# Image layers come from S3 through this endpoint, not through the NAT gateway.
resource "aws_vpc_endpoint" "s3" {
  vpc_id            = aws_vpc.this.id
  vpc_endpoint_type = "Gateway"
  service_name      = "com.amazonaws.${var.region}.s3"
  route_table_ids   = [for table in aws_route_table.private : table.id]
  tags              = { Name = "${var.stack}-gatewayEndpoint" }
}
